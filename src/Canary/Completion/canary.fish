# Completion of canary for fish. Once: canary completion fish >~/.config/fish/completions/canary.fish
function __canary_suggest
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    set -l line (string join -- ' ' canary $words[2..-1] "$word")
    $words[1] "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
end
complete -c canary -a '(__canary_suggest)'

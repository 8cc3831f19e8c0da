#compdef canary
# Completion of canary for zsh. In ~/.zshrc, after compinit: source <(canary completion zsh)
_canary() {
  local line="canary ${(j: :)words[2,CURRENT]}"
  local -a found
  found=("${(@f)$("${words[1]}" "[suggest:${#line}]" "$line" 2>/dev/null)}")
  found=(${(M)found:#${words[CURRENT]}*})
  if (( ${#found} )); then
    compadd -a found
  else
    _files
  fi
}
compdef _canary canary

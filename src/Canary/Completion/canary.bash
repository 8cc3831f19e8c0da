# Completion of canary for bash. In ~/.bashrc: source <(canary completion bash)
_canary() {
  local line="canary${COMP_LINE:${#COMP_WORDS[0]}:$((COMP_POINT - ${#COMP_WORDS[0]}))}" word=${COMP_WORDS[COMP_CWORD]} found
  COMPREPLY=()
  # Not by compgen -W, which would expand what it is given.
  while IFS= read -r found; do
    [[ $found == "$word"* ]] && COMPREPLY+=("$found")
  done < <("${COMP_WORDS[0]}" "[suggest:${#line}]" "$line" 2>/dev/null)
}
# Where canary has nothing to say, files are completed.
complete -o default -F _canary canary

#!/usr/bin/env bash
# The whole road of the companion: from its rows to what each trainer reads, in seconds, and on to a toy model that answers,
# in about four minutes where the trainer's packages are installed. Offline, without a key.
# Run it from anywhere: bash examples/companion/run.sh
set -euo pipefail
cd "$(dirname "$0")"

command -v inscape >/dev/null || PATH="$PWD/../../.venv/bin:$PATH" # where `make demo` puts it
if ! command -v inscape >/dev/null; then
  echo "inscape is not installed here. Run \`make demo\` in the repository, or \`pip install\` it, and try again." >&2
  exit 1
fi

say() { printf '\n\033[1m%s\033[0m\n$ %s\n' "$1" "$2"; }
step() {
  say "$1" "${*:2}"
  "${@:2}"
}

step "Every row becomes an example, and counts as kept: each was read by a second reader. rows/ is the truth." \
  inscape import rows/*.jsonl --keep --renew
step "What would teach the wrong thing: nothing that the README does not explain." \
  inscape check
step "A tenth is held back. Rows on one topic stay together." \
  inscape split
step "Files for three trainers, with the command that trains. Nothing is downloaded." \
  inscape export --for mlx --for trl --for axolotl --model Qwen/Qwen3-4B --template chat_templates/qwen3.jinja
step "What Qwen3 would see and learn, row by row." \
  inscape preview --model chat_templates/qwen3.jinja
step "And another family: Llama 3, where the thought and its effort stand in the text." \
  inscape preview --model chat_templates/llama3.jinja

here() { inscape doctor --json | grep -Ec '"what": "(to train with peft|to answer from a GGUF|llama.cpp.s converter)", "state": "ok"'; }
if [ "$(here)" != 3 ]; then
  say "Training comes next, and its packages are not here." 'pip install "inscape[train,gguf]" && inscape gguf --fetch'
  echo 'Then run this script again. Where `make test-trainers` has built its environment, this does it:'
  echo '  PATH=$PWD/.venv-trainers/bin:$PATH bash examples/companion/run.sh'
  exit 0
fi
step "A toy of three million parameters learns the form, and when to think. A real model takes its own numbers." \
  inscape train --model tiny --name lodos --replace --yes --probes 30 \
  --rank 32 --alpha 64 --rate 0.003 --dropout 0 --max-length 512
step "Base and adapter become one model." \
  inscape merge lodos
step "One file for llama.cpp and Ollama." \
  inscape gguf lodos
step "A Modelfile with the persona's system prompt, and what Ollama is told with it." \
  inscape deploy ollama lodos --name lodos
step "And it answers. A toy's words mean nothing: look at the form, and at the effort it chose." \
  inscape chat runs/lodos/model-f16.gguf --temperature 0 --max-tokens 60 --show-thoughts full --once "sana bisi sorucam"

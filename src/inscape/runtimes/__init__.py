"""What answers as the tuned model: any OpenAI-compatible server, Ollama, or a model in a child process on this machine.

Invariant: a runtime knows nothing of effort, thoughts or a conversation's state. It takes one prompt (`rendering.mode`
makes it) and gives the text that follows; `talk` makes an answer of it, and `app` offers that to other programs.
"""

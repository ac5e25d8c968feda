"""OpenAI Videos protocol for one GPU, on Hugging Face diffusers."""

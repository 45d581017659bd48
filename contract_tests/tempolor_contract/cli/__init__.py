"""What is typed in a shell: `contract`, `check` and `proxy`, and the options they share."""

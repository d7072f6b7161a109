"""One file for each verb; its name is the verb's, and `command` in it is what runs."""

"""Files that people hand over: recognised by content, read confined, then dropped."""

"""What the gate looks at beside the code: secrets in the tree, and what it rests on."""

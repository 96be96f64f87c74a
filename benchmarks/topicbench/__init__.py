"""What the topics benchmark is made of: tags of publishers, and how they are compared with ours."""

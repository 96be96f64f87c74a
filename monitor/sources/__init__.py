"""Bytes become articles, one file per format. Empty: a parser process loads only its own."""

"""Fakes that tests share: in memory, answering the product's Protocols."""

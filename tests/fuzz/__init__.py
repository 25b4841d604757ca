"""Cases without end for whatever reads what nobody trusts: `make fuzz`."""

"""The vocabulary of the product: values and pure functions. No I/O; standard library and msgspec only."""

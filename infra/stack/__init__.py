"""The built stack in Docker, without an account: base image, `sam build`, `sam local`, and what they talk to.

It runs the product from its template alone. What only AWS can show stands in docs/operations.md.
"""

"""The fault classes of the matrix. Each module has one function, make(workshop), that adds its cases.

A case says what the addon consists of and nothing about the answer, which comes from the oracle.
"""

"""A mutation test of the core: how many small faults put into it does the test suite notice?"""

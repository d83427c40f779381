"""The command line: one module a command, each loaded only when it is called.

A command's module holds its click command under the name ``command``; `main.COMMANDS` lists them.
"""

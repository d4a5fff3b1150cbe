"""Anything in any order: people, machines and forgers around one gateway, and properties that hold whatever they do."""

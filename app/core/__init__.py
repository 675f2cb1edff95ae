"""The pure core: decides what happens to calls, agents and queues. Standard library only, no I/O."""

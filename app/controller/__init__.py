"""The controller: one mailbox in front of the pure core, and a thin shell that carries out what it decides."""

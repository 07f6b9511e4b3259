"""command and args against ENTRYPOINT and CMD."""

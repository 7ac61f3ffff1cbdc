"""`python -m tertulia` is the command `tertulia`. Nothing else lives here; read `cli` next."""

from tertulia.cli import main

if __name__ == "__main__":
    main()

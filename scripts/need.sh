# Sourced by scripts that build: says what is missing and how to get it.
need() { # program, what it is for, how to get it
  command -v "$1" >/dev/null 2>&1 || { echo "missing: $1 ($2). $3" >&2; exit 4; }
}
need cargo "builds everything" "Get it from https://rustup.rs"
need c++ "libtorch's wrappers are C++" "Debian, Ubuntu: apt-get install g++"
need python3 "fetches libtorch" "Debian, Ubuntu: apt-get install python3 python3-pip"

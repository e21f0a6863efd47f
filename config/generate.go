package config

//go:generate sh -c "go run .. config --markdown > ../docs/configuration.md"

package collections

//go:generate sh -c "go run .. types > ../ui/src/lib/pb-types.ts"
//go:generate sh -c "go run .. types --markdown > ../docs/records.md"

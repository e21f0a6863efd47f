package collections

//go:generate sh -c "go run .. types > ../ui/src/lib/pb-types.ts"

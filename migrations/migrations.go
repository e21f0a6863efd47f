// Package migrations is frozen history: renames, moves of data and drops that
// collections.Ensure, which only adds, cannot express. A migration never calls
// live code of package collections, and does nothing where its collection does
// not exist yet.
package migrations

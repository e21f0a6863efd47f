package backup

import (
	"context"

	"recado/config"
)

// lockedSecrets names the sealed values of a database that the key does not open:
// those have to be entered again.
func lockedSecrets(ctx context.Context, path string, key func() (config.Key, error)) ([]string, error) {
	db, err := config.DBConnect(path)
	if err != nil {
		return nil, err
	}
	defer db.Close()

	var locked []string
	err = config.EachSealed(ctx, db, func(s config.Sealed) error {
		opener, err := key()
		if err == nil {
			_, err = opener.Open(s.Value, s.Place())
		}
		if err != nil {
			locked = append(locked, s.String())
		}

		return nil
	})

	return locked, err
}

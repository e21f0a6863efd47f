package config

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/pocketbase/pocketbase/core"
)

// KeyFile is the name of the sealing key's file in the data folder.
const KeyFile = "secret.key"

// sealVersion starts every sealed value, so that another scheme can follow.
const sealVersion = "v1:"

// ErrSealed says that a value can't be opened: another key, another place, or damage.
var ErrSealed = errors.New("the stored secret can't be opened with this sealing key; restore the former " +
	Prefix + "SECRET_KEY or " + KeyFile + ", or enter the secret again")

// Key seals secrets that have to be stored and used again, such as the API key
// of a provider. The zero Key is no key.
type Key struct{ bytes []byte }

// Key is the one from the settings, else that of the key file in the data
// folder, which is made (0600) when it is missing.
func (c *Config) Key() (Key, error) { return c.KeyIn(c.Dir) }

// KeyIn is Key for another data folder than that of the settings.
func (c *Config) KeyIn(dir string) (Key, error) {
	if c.secretKey.bytes != nil {
		return c.secretKey, nil
	}

	return KeyFromFile(filepath.Join(dir, KeyFile))
}

// NextKey is the key to rotate to, the zero one where the settings name none.
func (c *Config) NextKey() Key { return c.nextKey }

// StoredKey is [Config.Key] without making one: it fails where there is none.
func (c *Config) StoredKey() (Key, error) {
	path := filepath.Join(c.Dir, KeyFile)
	if _, err := os.Stat(path); c.secretKey.bytes == nil && err != nil {
		return Key{}, fmt.Errorf("there is no sealing key, %s: nothing was sealed yet, or restore it from where you keep it", path)
	}

	return c.Key()
}

// KeyFromFile reads the key at path, making it when there is none. Two
// processes that start at once end up with the same key.
func KeyFromFile(path string) (Key, error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := createKey(path); err != nil {
			return Key{}, fmt.Errorf("making the sealing key: %w", err)
		}
		raw, err = os.ReadFile(path)
	}
	if err != nil {
		return Key{}, fmt.Errorf("reading the sealing key: %w", err)
	}

	key, err := parseKey(strings.TrimSpace(string(raw)))
	if err != nil {
		return Key{}, fmt.Errorf("%s must hold 64 hexadecimal digits; restore it from where you keep it", path)
	}

	return key, nil
}

// KeepKeyOutOfBackups leaves the key file where it is: a backup that holds both
// the sealed secrets and their key seals nothing, and a restore must not
// take the key away.
func KeepKeyOutOfBackups(app core.App) {
	leave := func(e *core.BackupEvent) error {
		e.Exclude = append(e.Exclude, KeyFile, nextKeyFile)

		return e.Next()
	}
	app.OnBackupCreate().BindFunc(leave)
	app.OnBackupRestore().BindFunc(leave)
}

// createKey writes a whole file under another name and links it: path never
// exists half-written, and of two writers the first one's key stays.
func createKey(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	secret := make([]byte, 32)
	rand.Read(secret)

	tmp, err := os.CreateTemp(filepath.Dir(path), KeyFile+".*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.WriteString(hex.EncodeToString(secret) + "\n")
	if err := errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return err
	}

	if err := os.Link(tmp.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}

	return nil
}

func parseKey(raw string) (Key, error) {
	secret, err := hex.DecodeString(raw)
	if err != nil || len(secret) != 32 {
		return Key{}, errors.New("a key has 64 hexadecimal digits")
	}

	return Key{bytes: secret}, nil
}

// SealedPlace is the place of a secret that stands in a record's field: every
// sealed value is bound to it, and a restore looks for sealed values by it.
func SealedPlace(collection, id, field string) string { return collection + "/" + id + "/" + field }

// Seal encrypts plain with AES-256-GCM. place says where the result is stored
// (see [SealedPlace]): a sealed value copied elsewhere doesn't open.
func (k Key) Seal(plain, place string) (string, error) {
	aead, err := k.aead()
	if err != nil {
		return "", err
	}

	return sealVersion + base64.RawStdEncoding.EncodeToString(aead.Seal(nil, nil, []byte(plain), []byte(place))), nil
}

// Open is the reverse of Seal; any failure is [ErrSealed].
func (k Key) Open(sealed, place string) (string, error) {
	aead, err := k.aead()
	if err != nil {
		return "", err
	}
	encoded, ok := strings.CutPrefix(sealed, sealVersion)
	if !ok {
		return "", ErrSealed
	}
	box, err := base64.RawStdEncoding.DecodeString(encoded)
	if err != nil {
		return "", ErrSealed
	}
	plain, err := aead.Open(nil, nil, box, []byte(place))
	if err != nil {
		return "", ErrSealed
	}

	return string(plain), nil
}

// Derive makes another key of 32 bytes for one purpose, so that no key does two
// things.
func (k Key) Derive(purpose string) ([]byte, error) {
	if k.bytes == nil {
		return nil, errors.New("there is no sealing key")
	}

	return hkdf.Key(sha256.New, k.bytes, nil, purpose, 32)
}

// aead chooses a fresh random nonce for each value and keeps it in front of it.
func (k Key) aead() (cipher.AEAD, error) {
	if k.bytes == nil {
		return nil, errors.New("there is no sealing key")
	}
	block, err := aes.NewCipher(k.bytes)
	if err != nil {
		return nil, err
	}

	return cipher.NewGCMWithRandomNonce(block)
}

// String keeps the key out of logs and error messages.
func (k Key) String() string { return masked }

// GoString keeps it out of %#v as well.
func (k Key) GoString() string { return masked }

package whatsapp

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	sigLogger "go.mau.fi/libsignal/logger"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/store/sqlstore"
	waLog "go.mau.fi/whatsmeow/util/log"

	"recado/config"
)

// The database of keys and sessions in the data folder; backups leave it out. A
// real link shown to the simulator would be refused and given up for lost, and the
// other way round: a data folder has links of one kind.
const (
	fileName          = config.LinksFile
	simulatedFileName = config.SimulatedLinksFile
)

// storage opens whatsapp.db when the first number needs it.
type storage struct {
	dir       func() string
	simulated bool

	mu        sync.Mutex
	db        *sql.DB
	container *sqlstore.Container
}

// open returns the open database. Its settings are those of data.db: FULL, so
// that a session that went on is on disk before anyone is told, and immediate
// transactions, without which a message that is sent while one arrives from the
// same person spoils their session. The mapping of hidden ids to numbers is read
// whole: with a cold cache whatsmeow forgets for which device it encrypts.
func (s *storage) open(ctx context.Context, log *slog.Logger) (*sqlstore.Container, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.container != nil {
		return s.container, nil
	}

	name, other := fileName, simulatedFileName
	if s.simulated {
		name, other = other, name
	}
	if _, err := os.Stat(filepath.Join(s.dir(), other)); err == nil {
		return nil, errMixed
	}
	connected, err := config.DBConnect(filepath.Join(s.dir(), name))
	if err != nil {
		return nil, err
	}
	db := connected.DB()
	db.SetMaxOpenConns(8)
	db.SetMaxIdleConns(4)
	container := sqlstore.NewWithDB(db, "sqlite", logger{log, "store"})
	if err := container.Upgrade(ctx); err != nil {
		_ = db.Close()

		return nil, fmt.Errorf("opening %s: %w", fileName, err)
	}
	if err := container.LIDMap.FillCache(ctx); err != nil {
		_ = db.Close()

		return nil, fmt.Errorf("reading %s: %w", fileName, err)
	}
	quiet()
	s.db, s.container = db, container

	return container, nil
}

var errMixed = errors.New("this data folder has numbers of the other kind, real or simulated; use a folder of its own for the simulator")

func (s *storage) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.db == nil {
		return nil
	}
	err := s.db.Close()
	s.db, s.container = nil, nil

	return err
}

// guarded is the buffer of decrypted messages of a number. whatsmeow takes a
// message that could not be kept for one that can't be read, asks for it again
// some times and gives it up. Where the storage is at fault the client is stopped
// first, so that WhatsApp keeps the message until it can be kept.
type guarded struct {
	store.EventBuffer
	failed func(error)
}

func (g guarded) DoDecryptionTxn(ctx context.Context, do func(context.Context) error) error {
	var inner error
	err := g.EventBuffer.DoDecryptionTxn(ctx, func(ctx context.Context) error {
		inner = do(ctx)

		return inner
	})
	if err != nil && (inner == nil || isStorage(inner)) {
		g.failed(err)
	}

	return err
}

func (g guarded) GetBufferedEvent(ctx context.Context, hash [32]byte) (*store.BufferedEvent, error) {
	event, err := g.EventBuffer.GetBufferedEvent(ctx, hash)
	if err != nil {
		g.failed(err)
	}

	return event, err
}

// guardedContainer guards a device from the moment it is linked.
type guardedContainer struct {
	store.DeviceContainer
	failed func(error)
}

func (c guardedContainer) PutDevice(ctx context.Context, device *store.Device) error {
	err := c.DeviceContainer.PutDevice(ctx, device)
	guard(device, c.failed)

	return err
}

func guard(device *store.Device, failed func(error)) {
	if _, done := device.EventBuffer.(guarded); !done && device.EventBuffer != nil {
		device.EventBuffer = guarded{device.EventBuffer, failed}
	}
}

// logger passes what whatsmeow says on. Its debug lines hold whole stanzas,
// numbers and codes to link by, so they are not even formatted.
type logger struct {
	log    *slog.Logger
	module string
}

var _ waLog.Logger = logger{}

func (l logger) Warnf(message string, args ...any)  { l.write(slog.LevelDebug, message, args) }
func (l logger) Errorf(message string, args ...any) { l.write(slog.LevelDebug, message, args) }
func (l logger) Infof(string, ...any)               {}
func (l logger) Debugf(string, ...any)              {}

// write keeps warnings to those who look for them: they name numbers.
func (l logger) write(level slog.Level, message string, args []any) {
	if l.log.Enabled(context.Background(), level) {
		l.log.Log(context.Background(), level, fmt.Sprintf(message, args...), slog.String("module", l.module))
	}
}

func (l logger) Sub(module string) waLog.Logger {
	return logger{l.log, l.module + "/" + module}
}

// quiet keeps libsignal from printing to the terminal; it is called once.
var quiet = sync.OnceFunc(func() {
	var silent sigLogger.Loggable = mute{}
	sigLogger.Setup(&silent)
})

type mute struct{}

func (mute) Debug(string, string)   {}
func (mute) Info(string, string)    {}
func (mute) Warning(string, string) {}
func (mute) Error(string, string)   {}
func (mute) Configure(string)       {}

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2"
	"github.com/google/uuid"

	"attune/internal/vig"
)

// dataFolder is where the service of one machine keeps what is its own:
//
//	attune.db   records              lock       held while a service or worker runs
//	vault/      films and results    worker-id  who this machine's worker is
//	uploads/    films on their way   token      of the first account
//	redis/      the private queue    address    where the service listens, while it does
//	scratch/    of work on films
type dataFolder struct{ dir string }

// The names in it.
const (
	dataDatabase = "attune.db"
	dataVault    = "vault"
	dataUploads  = "uploads"
	dataRedis    = "redis"
	dataScratch  = "scratch"
	dataLock     = "lock"
	dataWorkerID = "worker-id"
	dataToken    = "token"
	dataAddress  = "address"
)

func dataOf(g given) (dataFolder, error) {
	dir, err := filepath.Abs(g.text(setData))
	return dataFolder{dir}, err
}

func (d dataFolder) path(name string) string { return filepath.Join(d.dir, name) }

// hold makes the folder and keeps it for this process until the lock is closed.
func (d dataFolder) hold() (held *os.File, err error) {
	if err := os.MkdirAll(d.path(dataScratch), folderMode); err != nil {
		return nil, err
	}
	held, err = os.OpenFile(d.path(dataLock), os.O_CREATE|os.O_RDWR, fileMode)
	if err != nil {
		return nil, err
	}
	if err := lock(held); err != nil {
		held.Close()
		return nil, vig.Errorf(vig.CodeConflict, "use data folder", "%s is in use by another 'attune serve' or 'attune worker'; name another with --data", d.dir)
	}
	_ = os.Remove(d.path(dataAddress)) // of one that was killed
	return held, nil
}

// database and vault are those of the settings, or those in the folder.
func (d dataFolder) database(g given) string {
	if url := g.text(setDatabase); url != "" {
		return url
	}
	return "sqlite:" + d.path(dataDatabase)
}

func (d dataFolder) vault(g given) string {
	if url := g.text(setVault); url != "" {
		return url
	}
	return (&url.URL{Scheme: "file", Path: d.path(dataVault)}).String()
}

// workerID returns who this machine's worker is, the same at every start.
func (d dataFolder) workerID() (string, error) {
	id, err := d.read(dataWorkerID)
	if err != nil || id != "" {
		return id, err
	}
	id = uuid.NewString()
	return id, d.write(dataWorkerID, id)
}

// read returns the text in a file of the folder; "" where there is none.
func (d dataFolder) read(name string) (string, error) {
	text, err := os.ReadFile(d.path(name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read data folder: %w", err)
	}
	return strings.TrimSpace(string(text)), nil
}

// write puts a text into a file of the folder, for its owner alone.
func (d dataFolder) write(name, text string) error {
	return renameio.WriteFile(d.path(name), []byte(text+"\n"), fileMode)
}

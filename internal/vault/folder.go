package vault

import (
	"context"
	"errors"
	"io/fs"
	"iter"
	"net/url"
	"os"
	"path"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/google/renameio/v2"

	"attune/internal/vig"
)

// folder keeps bytes in files of a folder: the key is the file's path. It does
// not use fileblob, whose writer leaves out fsync, both of the file before it is
// renamed and of the folder after.
//
// What is being written lies at the top of the folder in a file whose name
// begins with a dot, as no key does. All paths go through an os.Root, which
// follows nothing that leads out of the folder.
type folder struct {
	root *os.Root
	// naming keeps the folders that a file is to be named in from being taken away
	// as empty. Another process might still; then the Commit fails.
	naming sync.RWMutex
}

// For the owner alone: these are films of people.
const (
	folderMode = 0o700
	fileMode   = 0o600
)

// A file that is being written is locked by who writes it, where the file system
// has locks. After idle without a Write, one that is not locked was left by a
// process that ended; the time is for file systems where another machine does
// not see the lock. Without locks it is after leftover: no upload of 16 GB is
// copied, and no film of four hours rendered, for longer.
const (
	idle     = time.Hour
	leftover = 24 * time.Hour
)

func openFolder(u *url.URL) (*folder, error) {
	if u.Host != "" || !path.IsAbs(u.Path) || u.RawQuery != "" {
		return nil, vig.Errorf(vig.CodeInvalid, "find its folder", "an address of a folder looks like file:///var/lib/attune/vault")
	}
	if err := os.MkdirAll(u.Path, folderMode); err != nil { //nolint:gosec // whoever runs the service names the folder
		return nil, err
	}
	root, err := os.OpenRoot(u.Path)
	if err != nil {
		return nil, err
	}
	f := &folder{root: root}
	if err := f.clear(context.Background()); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return f, nil
}

// unfinished are the names that renameio gives to what is being written: a dot,
// the last part of one of our keys, and a random number. Dot-files of others who
// use the folder are left alone.
var unfinished = regexp.MustCompile(`^\.(original|installation|analysis\.json|observations\.jsonl|report\.html|` +
	`reel\.mp4|viewing\.mp4|m[0-9]{1,4}\.jpg|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.mp4)[0-9]{1,19}$`)

// clear removes what processes that ended were writing.
func (f *folder) clear(ctx context.Context) error {
	entries, err := fs.ReadDir(f.root.FS(), ".")
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !unfinished.MatchString(e.Name()) || !e.Type().IsRegular() {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := f.clearOne(e); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// clearOne removes a file that was being written, if nobody writes it any more.
func (f *folder) clearOne(e fs.DirEntry) error {
	info, err := e.Info()
	if err != nil || time.Since(info.ModTime()) < idle {
		return err
	}
	file, err := f.root.Open(e.Name())
	if err != nil {
		return err
	}
	defer file.Close()
	err = lock(file)
	if errors.Is(err, syscall.EWOULDBLOCK) || err != nil && time.Since(info.ModTime()) < leftover {
		return nil
	}
	return f.root.Remove(e.Name())
}

// lock locks a file for its process until it is closed, unless another has it
// ([syscall.EWOULDBLOCK]) or there are no locks.
func lock(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }

// hidden says whether a file of the folder is none that a key names.
func hidden(e fs.DirEntry) bool { return strings.HasPrefix(e.Name(), ".") && e.Name() != "." }

func (f *folder) create(_ context.Context, key string) (pending, error) {
	file, err := renameio.NewPendingFile(key, renameio.WithRoot(f.root), renameio.WithStaticPermissions(fileMode))
	if err != nil {
		return nil, err
	}
	_ = lock(file.File) // without locks its age says whether it is left over
	return &pendingFile{file: file, in: f, key: key}, nil
}

// pendingFile is a file that gets its name in the end.
type pendingFile struct {
	file *renameio.PendingFile
	in   *folder
	key  string
}

func (p *pendingFile) Write(b []byte) (int, error) { return p.file.Write(b) }

func (p *pendingFile) abort() error { return p.file.Cleanup() }

func (p *pendingFile) commit() error {
	if err := p.name(); err != nil {
		return errors.Join(err, p.abort())
	}
	return p.in.sync(path.Dir(p.key))
}

// name gives the file its name, durably as far as the file goes.
func (p *pendingFile) name() error {
	if err := p.file.Sync(); err != nil { // what is slow is done before the lock
		return err
	}
	p.in.naming.RLock()
	defer p.in.naming.RUnlock()
	if err := p.in.root.MkdirAll(path.Dir(p.key), folderMode); err != nil {
		return err
	}
	return p.file.CloseAtomicallyReplace()
}

// sync makes durable what was named in a folder, and the folders above, which
// may be new too.
func (f *folder) sync(dir string) error {
	for {
		if err := f.syncOne(dir); err != nil {
			return err
		}
		if dir == "." {
			return nil
		}
		dir = path.Dir(dir)
	}
}

func (f *folder) syncOne(dir string) error {
	d, err := f.root.Open(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // it was emptied and taken away meanwhile
	}
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// file is a file as a source.
type file struct {
	*os.File
	bytes int64
}

func (f *file) size() int64 { return f.bytes }

func (f *folder) open(_ context.Context, key string) (source, error) {
	opened, err := f.root.Open(key)
	if err != nil {
		return nil, found(err)
	}
	info, err := opened.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = absent
	}
	if err != nil {
		return nil, errors.Join(err, opened.Close())
	}
	return &file{File: opened, bytes: info.Size()}, nil
}

func (f *folder) exists(_ context.Context, key string) (bool, error) {
	info, err := f.root.Stat(key)
	if err = found(err); vig.CodeOf(err) == vig.CodeNotFound {
		return false, nil
	}
	return err == nil && info.Mode().IsRegular(), err
}

// remove removes the file and the folders that it leaves empty.
func (f *folder) remove(_ context.Context, key string) error {
	f.naming.Lock()
	defer f.naming.Unlock()
	if info, err := f.root.Lstat(key); err != nil || info.IsDir() {
		return found(err) // a folder is only a part of keys
	}
	if err := f.root.Remove(key); err != nil {
		return found(err)
	}
	dir := path.Dir(key)
	for dir != "." && f.root.Remove(dir) == nil { // it fails where something is left
		dir = path.Dir(dir)
	}
	return f.sync(dir)
}

func (f *folder) keys(_ context.Context, prefix string) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		start := strings.TrimSuffix(prefix, "/")
		if start == "" {
			start = "."
		}
		err := fs.WalkDir(f.root.FS(), start, func(name string, e fs.DirEntry, err error) error {
			if err == nil && hidden(e) {
				if e.IsDir() {
					return fs.SkipDir
				}
				return nil
			}
			if err == nil && e.IsDir() {
				return nil
			}
			var info fs.FileInfo
			if err == nil {
				info, err = e.Info()
			}
			if vig.CodeOf(found(err)) == vig.CodeNotFound {
				return nil // it never was, or is gone since the folder was read
			}
			if err != nil {
				return err
			}
			if info.Mode().IsRegular() && !yield(Entry{Key: name, Size: info.Size(), ModTime: info.ModTime()}, nil) {
				return fs.SkipAll
			}
			return nil
		})
		if err != nil {
			yield(Entry{}, err)
		}
	}
}

func (f *folder) close() error { return f.root.Close() }

// absent is the error for what is not there.
var absent error = &vig.Error{Code: vig.CodeNotFound, Op: "it is not there"}

// found turns what the file system says of what is not there into absent. A key
// below another that is a file is not there either.
func found(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return absent
	}
	return err
}

package vault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/url"
	"time"

	"attune/internal/vig"
)

// Vault keeps bytes under keys. It is safe for use by many goroutines, and
// many processes may have the same one open.
type Vault struct {
	medium medium
}

// Entry is what the vault keeps under one key.
type Entry struct {
	Key     string
	Size    int64 // bytes
	ModTime time.Time
}

// medium is what the bytes are kept in. Keys have been checked. An error for
// what is not there has the code notfound.
type medium interface {
	create(ctx context.Context, key string) (pending, error)
	open(ctx context.Context, key string) (source, error)
	remove(ctx context.Context, key string) error
	keys(ctx context.Context, prefix string) iter.Seq2[Entry, error]
	exists(ctx context.Context, key string) (bool, error)
	clear(ctx context.Context) error
	close() error
}

// pending is bytes that are being written and are not to be seen yet. After
// commit or abort it is done with, whatever they returned.
type pending interface {
	io.Writer
	commit() error
	abort() error
}

// source is the bytes under one key.
type source interface {
	io.ReaderAt
	io.Closer
	size() int64
}

// Open opens the vault at an address: file:///folder, which is made where it
// is missing, s3://bucket, azblob://container or gs://bucket, with what gocloud
// takes in their query (as s3://bucket?region=eu-central-1) and the credentials
// that the provider's own tools use. ?prefix=folder/ keeps to one folder of a
// bucket. The caller closes the vault.
func Open(ctx context.Context, address string) (*Vault, error) {
	const op = "open vault"
	u, err := url.Parse(address)
	if err != nil {
		return nil, vig.Errorf(vig.CodeInvalid, op, "its address is none") // the error would tell it all, with what is secret in it
	}
	var m medium
	if u.Scheme == "file" {
		m, err = openFolder(u)
	} else {
		m, err = openBucket(ctx, u)
	}
	if err != nil {
		return nil, failure(ctx, op, err)
	}
	return &Vault{medium: m}, nil
}

// Clear removes what processes that ended had begun to write. Open has done that
// once.
func (v *Vault) Clear(ctx context.Context) error {
	return failure(ctx, "clear vault", v.medium.clear(ctx))
}

// Close lets go of the vault. Its readers and writers are of no use then.
func (v *Vault) Close() error { return v.medium.close() }

// Create begins to write the bytes of a key. Nobody sees them before Commit,
// which puts them in the place of what was there; the context ends what is
// written until then. The caller calls Commit or Abort.
func (v *Vault) Create(ctx context.Context, key string) (*Writer, error) {
	op := "write " + key
	if err := checkKey("write", key); err != nil {
		return nil, err
	}
	p, err := v.medium.create(ctx, key)
	if err != nil {
		return nil, failure(ctx, op, err)
	}
	return &Writer{ctx: ctx, op: op, to: p}, nil
}

// Open opens what lies under a key; if nothing does, the error has the code
// notfound. The context holds for all reading. The caller closes the reader.
func (v *Vault) Open(ctx context.Context, key string) (*Reader, error) {
	op := "read " + key
	if err := checkKey("read", key); err != nil {
		return nil, err
	}
	s, err := v.medium.open(ctx, key)
	if err != nil {
		return nil, failure(ctx, op, err)
	}
	return &Reader{ctx: ctx, op: op, from: s}, nil
}

// Delete makes sure that nothing lies under a key.
func (v *Vault) Delete(ctx context.Context, key string) error {
	op := "delete " + key
	if err := checkKey("delete", key); err != nil {
		return err
	}
	if err := v.medium.remove(ctx, key); err != nil && vig.CodeOf(err) != vig.CodeNotFound {
		return failure(ctx, op, err)
	}
	return nil
}

// Keys goes through what lies under keys that begin with prefix ("" is all, and
// "films/1" is "films/1/original" too but not "films/10/original"; a slash at the
// end makes no difference), in no certain order. What comes and goes meanwhile
// may be missed. After an error there is nothing more.
func (v *Vault) Keys(ctx context.Context, prefix string) iter.Seq2[Entry, error] {
	const op = "list keys"
	return func(yield func(Entry, error) bool) {
		if err := checkPrefix(op, prefix); err != nil {
			yield(Entry{}, err)
			return
		}
		for e, err := range v.medium.keys(ctx, prefix) {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				yield(Entry{}, failure(ctx, op, err))
				return
			}
			if !yield(e, nil) {
				return
			}
		}
	}
}

// Exists says whether something lies under a key.
func (v *Vault) Exists(ctx context.Context, key string) (bool, error) {
	op := "look for " + key
	if err := checkKey("look for", key); err != nil {
		return false, err
	}
	there, err := v.medium.exists(ctx, key)
	return there, failure(ctx, op, err)
}

// failure says what was being done when err happened, and keeps its code. What
// was interrupted is told as what interrupted it.
func failure(ctx context.Context, op string, err error) error {
	if err == nil {
		return nil
	}
	if cause := ctx.Err(); cause != nil && !errors.Is(err, cause) {
		err = fmt.Errorf("%w: %w", cause, err)
	}
	return &vig.Error{Code: vig.CodeOf(err), Op: op, Err: err}
}

package vault

import (
	"context"
	"errors"
	"io"
	"iter"
	"net/url"
	"strings"

	"gocloud.dev/blob"
	_ "gocloud.dev/blob/azureblob" // azblob://
	_ "gocloud.dev/blob/gcsblob"   // gs://
	_ "gocloud.dev/blob/s3blob"    // s3://
	"gocloud.dev/gcerrors"

	"attune/internal/vig"
)

// bucket keeps bytes in a bucket of another machine.
type bucket struct {
	blob *blob.Bucket
}

func openBucket(ctx context.Context, u *url.URL) (*bucket, error) {
	if !blob.DefaultURLMux().ValidBucketScheme(u.Scheme) {
		return nil, vig.Errorf(vig.CodeInvalid, "find its kind", "its address begins with %q, and should with file://, s3://, azblob:// or gs://", u.Scheme)
	}
	opened, err := blob.OpenBucket(ctx, u.String())
	if err != nil {
		return nil, vig.Errorf(vig.CodeInvalid, "find its bucket", "%w", err)
	}
	there, err := opened.IsAccessible(ctx)
	if err == nil && !there {
		err = vig.Errorf(vig.CodeNotFound, "look at its bucket", "it is not there, or its contents may not be seen")
	}
	if err != nil {
		return nil, errors.Join(err, opened.Close())
	}
	return &bucket{blob: opened}, nil
}

// pendingBlob is a blob that a bucket shows only when all of it is there.
type pendingBlob struct {
	*blob.Writer
	cancel context.CancelFunc
}

func (b *bucket) create(ctx context.Context, key string) (pending, error) {
	ctx, cancel := context.WithCancel(ctx)
	// The type is said so that the bucket does not look into the bytes for it.
	w, err := b.blob.NewWriter(ctx, key, &blob.WriterOptions{ContentType: "application/octet-stream"})
	if err != nil {
		cancel()
		return nil, err
	}
	return &pendingBlob{Writer: w, cancel: cancel}, nil
}

func (p *pendingBlob) commit() error {
	defer p.cancel()
	return p.Close()
}

// abort closes the writer after its context has ended, which throws away what
// it has written.
func (p *pendingBlob) abort() error {
	p.cancel()
	if err := p.Close(); err != nil && gcerrors.Code(err) != gcerrors.Canceled && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

func (b *bucket) open(ctx context.Context, key string) (source, error) {
	at, err := b.blob.Attributes(ctx, key)
	if err != nil {
		return nil, missing(err)
	}
	return newBlocks(ctx, at.Size, func(ctx context.Context, p []byte, off int64) error {
		r, err := b.blob.NewRangeReader(ctx, key, off, int64(len(p)), nil)
		if err != nil {
			return missing(err)
		}
		_, err = io.ReadFull(r, p)
		return errors.Join(err, r.Close())
	}), nil
}

func (b *bucket) remove(ctx context.Context, key string) error {
	return missing(b.blob.Delete(ctx, key))
}

func (b *bucket) exists(ctx context.Context, key string) (bool, error) {
	return b.blob.Exists(ctx, key)
}

func (b *bucket) keys(ctx context.Context, prefix string) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		if prefix = strings.TrimSuffix(prefix, "/"); prefix != "" {
			exact, err := b.blob.Attributes(ctx, prefix)
			switch {
			case err == nil:
				if !yield(Entry{Key: prefix, Size: exact.Size, ModTime: exact.ModTime}, nil) {
					return
				}
			case gcerrors.Code(err) != gcerrors.NotFound:
				yield(Entry{}, err)
				return
			}
			prefix += "/"
		}
		list := b.blob.List(&blob.ListOptions{Prefix: prefix})
		for {
			o, err := list.Next(ctx)
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(Entry{}, err)
				return
			}
			if !yield(Entry{Key: o.Key, Size: o.Size, ModTime: o.ModTime}, nil) {
				return
			}
		}
	}
}

// clear does nothing: what was not completed, a bucket's own rules delete.
func (b *bucket) clear(context.Context) error { return nil }

func (b *bucket) close() error { return b.blob.Close() }

// missing gives what a bucket says of what is not there its code.
func missing(err error) error {
	if err != nil && gcerrors.Code(err) == gcerrors.NotFound {
		return &vig.Error{Code: vig.CodeNotFound, Op: "it is not there", Err: err}
	}
	return err
}

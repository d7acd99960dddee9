// Package vault keeps the bytes of films, clips and reels: in a folder of this
// machine, or in a bucket of S3, Azure or Google.
//
// Bytes appear under a key whole and durable, or not at all:
//
//	w, err := v.Create(ctx, vault.OriginalKey(film.ID))
//	...
//	defer w.Abort()
//	if _, err := io.Copy(w, upload); err != nil { ... }
//	return w.Commit()
//
// and are read where they are needed, at any offset:
//
//	r, err := v.Open(ctx, vault.OriginalKey(film.ID))
//	...
//	defer r.Close()
//	info, err := pipeline.Probe(ctx, r, r.Size())
//
// The vault is the only one who reads and writes them. All pass through
// [Writer] and [Reader], whatever they are kept in; keys and sizes pass
// through [Vault].
package vault

// Package files keeps what is too large for a row: uploaded trackers, papers and packs. It is a folder by
// default; a bucket of S3 or Azure by its address.
package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gocloud.dev/blob"
	_ "gocloud.dev/blob/azureblob" // azblob://container
	"gocloud.dev/blob/fileblob"
	"gocloud.dev/blob/memblob"
	_ "gocloud.dev/blob/s3blob" // s3://bucket?region=…
	"gocloud.dev/gcerrors"
)

// ErrMissing says that there is nothing under a key.
var ErrMissing = errors.New("files: nothing is kept under that key")

// Store keeps files under keys, which name no person: "papers/0198…".
type Store struct {
	bucket *blob.Bucket
	folder string // that the bucket is, "" for a service that answers for what it has taken
}

// Open opens the bucket an address names: a folder's path, s3://bucket?region=…, azblob://container. A
// folder is made, for the running user alone. Credentials come from the environment, as each service's
// own tools read them.
func Open(ctx context.Context, address string) (*Store, error) {
	if strings.Contains(address, "://") {
		bucket, err := blob.OpenBucket(ctx, address)
		if err != nil {
			return nil, fmt.Errorf("files: cannot open the bucket: %w", err)
		}
		return &Store{bucket: bucket}, nil
	}
	if err := os.MkdirAll(address, 0o700); err != nil {
		return nil, fmt.Errorf("files: cannot make the folder: %w", err)
	}
	if err := sweep(address); err != nil {
		return nil, fmt.Errorf("files: cannot clear away what was left half written: %w", err)
	}
	// A file is written beside its place, on the same disk, so that it appears whole.
	bucket, err := fileblob.OpenBucket(address, &fileblob.Options{NoTempDir: true, DirFileMode: 0o700, Metadata: fileblob.MetadataDontWrite})
	if err != nil {
		return nil, fmt.Errorf("files: cannot open the folder: %w", err)
	}
	return &Store{bucket: bucket, folder: address}, nil
}

// halfWritten is how old a file that is still being written must be to have been left by a process that died.
const halfWritten = time.Hour

// sweep deletes what processes that died left half written in a folder: nothing else knows of it, and it
// may say things about young people.
func sweep(folder string) error {
	return filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() && filepath.Ext(path) == ".tmp" {
			var info fs.FileInfo
			if info, err = entry.Info(); err == nil && time.Since(info.ModTime()) > halfWritten {
				err = os.Remove(path)
			}
		}
		if errors.Is(err, fs.ErrNotExist) { // another process is done with it
			return nil
		}
		return err
	})
}

// InMemory keeps files for as long as the process lives, for tests.
func InMemory() *Store { return &Store{bucket: memblob.OpenBucket(nil)} }

// Write keeps what content says under key, whole or not at all, and returns its size. Once it has returned,
// a power cut does not lose the file: a row that says it is kept may be committed.
func (s *Store) Write(ctx context.Context, key string, content io.Reader) (size int64, err error) {
	ctx, cancel := context.WithCancel(ctx) // a writer closed after its context ended keeps nothing
	defer cancel()
	writer, err := s.bucket.NewWriter(ctx, key, nil)
	if err != nil {
		return 0, fmt.Errorf("files: %w", err)
	}
	if size, err = io.Copy(writer, content); err != nil {
		cancel()
		_ = writer.Close()
		return 0, err
	}
	if err := writer.Close(); err != nil {
		return 0, fmt.Errorf("files: %w", err)
	}
	if err := s.settle(key); err != nil {
		return 0, fmt.Errorf("files: %w", err)
	}
	return size, nil
}

// settle has the disk keep a file of the folder, and the names that lead to it.
func (s *Store) settle(key string) error {
	if s.folder == "" {
		return nil
	}
	path := filepath.Join(s.folder, filepath.FromSlash(key))
	for {
		file, err := os.Open(path)
		if err == nil {
			err = errors.Join(file.Sync(), file.Close())
		}
		if err != nil {
			return err
		}
		if path == filepath.Clean(s.folder) {
			return nil
		}
		path = filepath.Dir(path)
	}
}

// Open reads what is kept under key; the caller closes it. ErrMissing when there is nothing.
func (s *Store) Open(ctx context.Context, key string) (io.ReadSeekCloser, error) {
	reader, err := s.bucket.NewReader(ctx, key, nil)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return nil, ErrMissing
	}
	if err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	return reader, nil
}

// Delete removes what is kept under key; nothing there is no error.
func (s *Store) Delete(ctx context.Context, key string) error {
	err := s.bucket.Delete(ctx, key)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return nil
	}
	return err
}

// Close lets go of the bucket.
func (s *Store) Close() error { return s.bucket.Close() }

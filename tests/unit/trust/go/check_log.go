// Checks a log, its proof files and its growth with golang.org/x/mod/sumdb, which nobody here wrote.
//
// Usage: check_log DIRECTORY VERIFIER-KEY OLDER-CHECKPOINT PROOF-FILE...
// Prints one line a thing that holds; the first that does not ends the program with its reason.
package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func fail(what string, err error) {
	fmt.Fprintln(os.Stderr, what+":", err)
	os.Exit(1)
}

func read(path string) []byte {
	data, err := os.ReadFile(path)
	if err != nil {
		fail("read", err)
	}
	return data
}

// checkpoint opens a note with the key of the log and reads its tree.
func checkpoint(data []byte, key string) tlog.Tree {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		fail("key", err)
	}
	opened, err := note.Open(data, note.VerifierList(verifier))
	if err != nil {
		fail("note", err)
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 3 || lines[0] != verifier.Name() {
		fail("note", fmt.Errorf("not a checkpoint of %s", verifier.Name()))
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		fail("size", err)
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		fail("root", err)
	}
	return tlog.Tree{N: size, Hash: root}
}

// tiles reads the files of a log; this library puts the height into the path, tlog-tiles does not.
type tiles struct{ directory string }

func (t tiles) Height() int                         { return 8 }
func (t tiles) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, tile := range wanted {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		content, err := os.ReadFile(filepath.Join(t.directory, path))
		if err != nil {
			return nil, err
		}
		data = append(data, content)
	}
	return data, nil
}

func main() {
	directory, key := os.Args[1], os.Args[2]
	tree := checkpoint(read(filepath.Join(directory, "checkpoint")), key)
	fmt.Println("checkpoint", tree.N)
	reader := tlog.TileHashReader(tree, tiles{directory})

	older := checkpoint(read(os.Args[3]), key)
	proof, err := tlog.ProveTree(tree.N, older.N, reader)
	if err != nil {
		fail("consistency", err)
	}
	if err := tlog.CheckTree(proof, tree.N, tree.Hash, older.N, older.Hash); err != nil {
		fail("consistency", err)
	}
	fmt.Println("consistent with", older.N)

	for _, path := range os.Args[4:] {
		checkProofFile(string(read(path)), key, tree, reader)
	}
}

// checkProofFile checks the path in a .tlog-proof file, and that the tiles lead to the same leaf.
func checkProofFile(file string, key string, tree tlog.Tree, reader tlog.HashReader) {
	parts := strings.SplitN(file, "\n\n", 2)
	lines := strings.Split(parts[0], "\n")
	leaf, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra "))
	if err != nil {
		fail("extra", err)
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
	if err != nil {
		fail("index", err)
	}
	var proof tlog.RecordProof
	for _, line := range lines[3:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			fail("path", err)
		}
		proof = append(proof, hash)
	}
	over := checkpoint([]byte(parts[1]), key)
	if err := tlog.CheckRecord(proof, over.N, over.Hash, index, tlog.RecordHash(leaf)); err != nil {
		fail("inclusion", err)
	}
	stored, err := tlog.ProveRecord(tree.N, index, reader)
	if err != nil {
		fail("tiles", err)
	}
	if err := tlog.CheckRecord(stored, tree.N, tree.Hash, index, tlog.RecordHash(leaf)); err != nil {
		fail("tiles", err)
	}
	fmt.Println("entry", index)
}

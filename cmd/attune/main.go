// Command attune finds candidate attuned moments in the film of a Video
// Interaction Guidance session and cuts a short draft reel from them.
package main

import "os"

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

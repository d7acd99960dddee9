// Package sandbox runs the media work of one task in a confined child process,
// so that whatever a film makes the libraries do ends there.
//
// [Runner.Run] starts this program once more, as the hidden command "media",
// and lends it three things: the bytes of one film, an empty folder, and the
// files that it must read to work (models). The child confines itself before it
// reads a byte of the film ([Child]): no network, no other files, no other
// processes, no privileges, limits on memory, CPU, output and open files. What
// it makes comes back through a pipe, and the parent believes nothing of it
// beyond its form.
//
// # The two channels
//
// Descriptor 3 of the child is a socket pair. The parent first sends the setup
// (a length of 4 bytes, then JSON); from then on the child asks for pieces of
// the film and the parent answers, one after the other:
//
//	request   offset uint64, length uint32 (at most 1 MiB)
//	answer    status uint8 (0 is good), length uint32, the bytes
//
// Descriptor 4 is a pipe to the parent. It carries frames: a type of one byte,
// a length uint32 (at most 1 MiB), and so many bytes. All numbers are big-endian.
//
//	'p'  progress: the share as the bits of a float64, then the stage's name
//	'f'  a file begins; its name, which must be one that the kind of task makes
//	'b'  bytes of that file
//	'e'  the file has ended; nothing more
//	'r'  the result, JSON; the last frame
//	'x'  instead of a result, why there is none: JSON of code, op and text; the last frame
//
// # Who is believed
//
// The child may be in the hands of whoever made the film. So its frames are
// read with every length bounded, its files must have known names and appear
// once, all of it together stays under a limit, and its sentences are cut and
// cleaned. A child that breaks the form is stopped and reported as a [Crash].
package sandbox

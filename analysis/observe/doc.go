// Package observe measures one sample of a film: the faces in it, where each
// is turned, whether it smiles, and what moved since the sample before. A
// sample in, an observation out.
//
// It is the only package that knows OpenCV. Nothing of OpenCV leaves it: what
// [Observer.Observe] returns is plain Go and stays valid.
//
// Faces are found by YuNet where its model is installed, otherwise by the
// Haar cascades of opencv-data: the reduced mode ([Observer.Mode]), which sees
// fewer faces, and coarser.
package observe

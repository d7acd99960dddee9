package observe

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/spatial/r3"
)

// drawn returns the mesh of a simple head turned by so many degrees as the
// model would see it, the corners of its mouth so far behind the lips.
func drawn(yaw, pitch, depth float64) *mesh {
	var m mesh
	radians := math.Pi / 180
	turned := r3.NewRotation(-yaw*radians, r3.Vec{Y: 1})
	tilted := r3.NewRotation(-pitch*radians, r3.Vec{X: 1})
	for i, p := range map[int]r3.Vec{
		eyeCornerOne: {X: -1, Y: -1}, eyeCornerTwo: {X: 1, Y: -1},
		templeOne: {X: -1.5, Y: -1, Z: 1}, templeTwo: {X: 1.5, Y: -1, Z: 1},
		cheekOne: {X: -1.5, Z: 1}, cheekTwo: {X: 1.5, Z: 1},
		mouthCornerOne: {X: -0.5, Y: 1, Z: 2*depth - 0.5}, mouthCornerTwo: {X: 0.5, Y: 1, Z: 2*depth - 0.5},
		upperLip: {Y: 0.9, Z: -0.5}, lowerLip: {Y: 1.1, Z: -0.5},
		foreheadTop: {Y: -2}, chinTip: {Y: 2},
	} {
		p = turned.Rotate(tilted.Rotate(p))
		m[3*i], m[3*i+1], m[3*i+2] = float32(100+20*p.X), float32(100+20*p.Y), float32(20*p.Z)
	}
	return &m
}

func TestMesh(t *testing.T) {
	t.Parallel()
	const close = 1e-3
	for _, tt := range []struct {
		yaw, pitch         float64 // of the mesh
		wantYaw, wantPitch float64
	}{
		{0, 0, 0, meshPitchOff},
		{30, 0, 30 * meshYaw, meshPitchOff},
		{-30, 0, -30 * meshYaw, meshPitchOff},
		{0, 20, 0, meshPitchOff + 20*meshPitch},
		{0, -20, 0, meshPitchOff - 20*meshPitch},
		{60, 0, meshKnee + meshYawKnee*(60*meshYaw-meshKnee), meshPitchOff},
		{85, 0, 90, meshPitchOff},
		{-85, 0, -90, meshPitchOff},
		{0, 60, 0, 90},
	} {
		m := drawn(tt.yaw, tt.pitch, 0.2)
		if got := m.yaw(); !got.Seen || math.Abs(got.Value-tt.wantYaw) > close {
			t.Errorf("yaw of a mesh at %v°, %v°: %v, want %.3f", tt.yaw, tt.pitch, got, tt.wantYaw)
		}
		if got := m.pitch(); !got.Seen || math.Abs(got.Value-tt.wantPitch) > close {
			t.Errorf("pitch of a mesh at %v°, %v°: %v, want %.3f", tt.yaw, tt.pitch, got, tt.wantPitch)
		}
	}
}

// TestMeshSmile turns a head, whose smile must not change with that.
func TestMeshSmile(t *testing.T) {
	t.Parallel()
	for _, yaw := range []float64{-70, -30, 0, 30, 70} {
		for _, pitch := range []float64{-40, 0, 40} {
			for depth, want := range map[float64]float64{
				smileDepth:                    0.5,
				smileDepth + smileSpread:      1 / (1 + math.Exp(-1)),
				smileDepth - 2*smileSpread:    1 / (1 + math.Exp(2)),
				smileDepth + 1000*smileSpread: 1,
			} {
				if got := drawn(yaw, pitch, depth).smile(); !got.Seen || math.Abs(got.Value-want) > 1e-3 {
					t.Errorf("at %v°, %v° a mouth of depth %.3f: %v, want %.3f", yaw, pitch, depth, got, want)
				}
			}
		}
	}
}

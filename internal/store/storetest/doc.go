// Package storetest tests what every database of the store must do, and gives
// tests of other packages a store to work on.
package storetest

// Package redisserver runs a private redis-server as a child process, for
// installations that name no Redis of their own. It keeps its data in one
// folder, is reached through a socket in that folder (or a loopback port where
// the folder's path is too long for one), needs a password, is started again
// if it dies, and ends with the process that started it.
package redisserver

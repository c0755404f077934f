// Package house holds the test that keeps the rooms of the project apart: who may
// import whom, and which library belongs to which room.
package house

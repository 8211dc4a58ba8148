// Command campusnews archives university news sites.
package main

func main() {}

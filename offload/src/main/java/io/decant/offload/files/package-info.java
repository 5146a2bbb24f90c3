/** Filesystems that take a directory as a whole: everything in it durable, then there by one rename. */
package io.decant.offload.files;

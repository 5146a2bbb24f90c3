/**
 * Files of lines that people hand to {@code decant plan} and {@code decant bucket}: what a file is, and how its lines
 * are unpacked.
 */
package io.decant.offload.lines;

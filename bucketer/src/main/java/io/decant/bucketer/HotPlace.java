package io.decant.bucketer;

/**
 * One of several keys that occurs often in a batch whose records went through transforms.
 *
 * @param name which of the keys it is
 * @param ref of a record that has it
 * @param tag of that record
 * @param count how many records have it
 */
record HotPlace(String name, long ref, int tag, long count) {}

package io.decant.config;

/** What a user of the admin port may do there. */
public enum AdminRight {
    /** See everything, and change nothing. */
    READ,
    /** Change something as well. */
    OPERATE
}

package io.decant.config;

/** What a database sink does with members of a record that are no columns of its table. */
public enum UnknownMembers {
    /** The record goes to the dead letters. */
    REFUSE,
    /** The member is left out. */
    IGNORE
}

package io.decant.config;

/** The method of the requests of an HTTP sink, as the settings and HTTP name it. */
public enum RequestMethod {
    POST,
    PUT,
    PATCH
}

package org.comfyee.web.rest;

/** A value in a request cannot be used; the message names it and what was expected. */
final class BadValueException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BadValueException(String name, Object value, String expected) {
        super(name + " is '" + value + "', expected " + expected);
    }
}

/** A self-signed certificate of localhost for the tests' own servers; it protects nothing. */
export const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgLBblB0E+75nhrnEj
KSXjfs4Wk0UzH7MRvL/fRC3edjKhRANCAARqLexm+dhGt1AXdW/UN7lz2BkKLuXl
hxe/uwdXUNNrJ8pxGSxwmn9P2kXUd9b/3/vdYfX2UirT4mY4YpvcSZsu
-----END PRIVATE KEY-----
`;

export const cert = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUJckB+9AXUQF29YToAA4L3fdjKZQwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMzIzMzQwMloYDzIxMjYxMDMw
MjMzNDAyWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARqLexm+dhGt1AXdW/UN7lz2BkKLuXlhxe/uwdXUNNrJ8pxGSxwmn9P
2kXUd9b/3/vdYfX2UirT4mY4YpvcSZsuo28wbTAdBgNVHQ4EFgQU0OzztfImzLzc
dsG+DehXlaVx6c4wHwYDVR0jBBgwFoAU0OzztfImzLzcdsG+DehXlaVx6c4wDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIhAI2d4dJuMQHPc8kvOcRXHdScX+PP0FWhNVmTsBnTL3++AiBf
O4kQZmAOGOutuwyceWYfe7klfd7C+Hm0RnFshLCXfg==
-----END CERTIFICATE-----
`;


&e-7c9a3a5e-7b68-4a3a-9f0b-b1f4f3a2c6d7Øû¹©€”ï:"$4f6f2d3a-6f1a-4a52-9ab8-0c9f0a4e8d10*.QmSyJ8VUd4YSPwZFJSJsHmmmmg7sd4BAc2yHY73nisJo862·
.QmdZQ7ZbhnvWY1J12XYKGHApJ6aufKyLNSvf8jZBrBaAVL
formattar
ownerweb3job-4f6f2d3a-host-QmSyJ8VU"/inputs/data.csv(2#https://github.com/example/repo.git:e
bucket,n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=http://127.0.0.1:9000"a/b/**	us-east-12nullB/mnt/sourceHRhttps://example.com/data.csv:Àş container exited with status 255cTraceback (most recent call last):
  File "main.py", line 3, in <module>
ValueError: 'Ï€' â‰  3.14
 *0epoch 1/3 loss=0.693147
epoch 2/3 loss=0.412345
0@J container exited with status 255Rªü¹©X€€€€€€